-- key_columns(): the columns `master_key_id` and `wrapped` of the key at `k`.
-- The `wrapped` of a key that was destroyed on purpose is null. A key whose row is missing is read as bytes that open
-- under no master key, and so as damaged.
coalesce(k.master_key_id, '') as master_key_id,
case when k.case_id is null then ''::bytea else k.wrapped end as wrapped
