"""Days and times: due dates, closed days, the clock."""
