"""Pages of services for residents: the catalogue, applying, the applicant's own page."""
