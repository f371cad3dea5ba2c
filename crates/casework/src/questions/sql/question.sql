-- One question of a case, if the reader sees it.
{question_rows()}
and q.id = $4
