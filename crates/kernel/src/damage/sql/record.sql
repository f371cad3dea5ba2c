-- Records damaged parts, or that they were met again.
select from record_damage($1, $2, $3, $4, $5, $6, $7)
