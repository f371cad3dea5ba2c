-- Tells the database's own functions the moment, for the rest of the transaction.
select from set_config('toldonce.now', $1::timestamptz::text, true)
