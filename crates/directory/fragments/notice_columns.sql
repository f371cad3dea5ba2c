-- notice_columns(): the columns of the notification at `n`, with its case at `c`.
n.id, n.kind, n.marac_id, n.subject, n.subject_id, c.id as case_id, c.code as case_code, n.created_at, n.read_at
