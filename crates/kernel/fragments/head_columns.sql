-- head_columns(h): the columns of the head of the chain at this alias.
{h}.last_seq, {h}.last_txid::text as last_txid, {h}.last_event_id, {h}.hash, {h}.sealed_at, {h}.key_id, {h}.signature
