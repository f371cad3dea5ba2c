-- The newest two heads, the newest first.
select {head_columns(h)} from audit_heads h order by h.last_seq desc limit 2
