-- today(): today, where the MARACs are.
($now at time zone 'Europe/London')::date
