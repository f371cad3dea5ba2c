-- not_shut_out(row, case): the case that this column of the row names is not closed to the caller, and in a MARAC of
-- theirs: what one's own contribution to it needs, whatever has become of the case.
({row}.{case} <> all ($closed)
  and {row}.marac_id = any ($maracs))
