-- not_destroyed(): the key at `k` was not destroyed on purpose.
(k.case_id is null or k.wrapped is not null)
