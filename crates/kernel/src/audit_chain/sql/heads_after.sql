-- Some of the heads behind this place, in their order.
select {head_columns(h)} from audit_heads h where h.last_seq > $1 order by h.last_seq limit 5000
