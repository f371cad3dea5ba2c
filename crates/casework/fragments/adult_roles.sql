-- adult_roles(): the roles of the two whom a case is about.
'survivor', 'perpetrator'
