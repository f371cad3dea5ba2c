-- Everybody of a case, part by part.
{people_rows()}
