"""Every pane and every result as text, JSON, CSV and Markdown: for scripts, cron, mail, screen readers."""
