"""Writes of the complaints module."""

from balai.modules.complaints.actions.submit import ReportRefused, Submission, submit_report

__all__ = ["ReportRefused", "Submission", "submit_report"]
