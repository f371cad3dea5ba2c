-- place(kind, table, marac, case): the MARAC and case of the thing that a refusal at `e` names, if it is of this kind.
select {marac} as marac_id, {case} as case_id
from {table} t
where e.subject = '{kind}' and t.id = e.subject_id
