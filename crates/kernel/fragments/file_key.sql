-- file_key(case): joins the key of the file of this id, as `k`.
-- A file whose key's row is missing stays where it is read: see `key_columns`.
left join data_keys k on k.case_id = {case}
