-- Forgets what was guessed for an account from a network.
delete from guesses g
using unnest($1::text[], $2::bytea[]) as a(kind, subject)
where a.kind = 'account_network' and g.kind = a.kind and g.subject = a.subject
