-- Writes what the people meant find in their inboxes, and the e-mail that follows.
select from tell($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
