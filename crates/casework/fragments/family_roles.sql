-- family_roles(): the roles of the two whom a case is about, and of the children.
'survivor', 'perpetrator', 'child'
