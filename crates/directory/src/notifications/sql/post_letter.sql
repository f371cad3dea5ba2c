-- Puts a letter about an account into the outbox.
select from post_letter($1, $2, $3, $4, $5, $6)
