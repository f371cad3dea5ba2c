-- Those of these questions of a case that the reader sees, locked in the order of their ids.
{question_rows()}
and q.id = any ($4)
order by q.id
for update of q
