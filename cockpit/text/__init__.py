"""Every pane and every result as plain text, JSON, CSV and Markdown: for scripts, cron, mail, screen readers."""
