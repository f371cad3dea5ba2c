-- Takes the lock of whoever migrates, unless somebody else has it; says whether.
select pg_try_advisory_lock(4217403827) as found
