"""Look for barriers on a page with axe-core."""

from playwright.sync_api import Page


def barriers(page: Page, axe: str) -> list[str]:
    """Return each violation of WCAG 2.2 A and AA: the rule, and where."""
    page.evaluate(axe)
    found = page.evaluate(
        """() => axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]})"""
    )
    return [
        f"{violation['id']}: {violation['help']} ({', '.join(node['target'][0] for node in violation['nodes'][:5])})"
        for violation in found["violations"]
    ]
