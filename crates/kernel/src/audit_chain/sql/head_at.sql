-- The head at this place.
select {head_columns(h)} from audit_heads h where h.last_seq = $1
