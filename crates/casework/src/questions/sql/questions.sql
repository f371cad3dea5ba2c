-- A page of the questions of a case that the reader sees, newest first.
{question_rows()}
and ($4::text is null or q.status = $4)
and ($5::timestamptz is null or (q.created_at, q.id) < ($5, $6))
order by q.created_at desc, q.id desc
limit $7
