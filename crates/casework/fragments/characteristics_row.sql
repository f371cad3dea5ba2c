-- characteristics_row(): the characteristics at `p`, as parts of a case file.
select 'characteristics' as kind, p.party_id as id, p.party_id as parent, p.version, '{}' as plain, p.sealed
from party_characteristics p
