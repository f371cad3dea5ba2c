-- A refuge is confidential whatever is sent, whichever way it comes into the file.
update party_addresses set confidential = true, version = version + 1
  where kind = 'refuge' and not confidential;
alter table party_addresses add constraint party_addresses_refuge_is_confidential
  check (kind <> 'refuge' or confidential);
