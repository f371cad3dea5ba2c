-- Those of these e-mails that still have a reader: whom each goes to, and the codes that the reader may see.
select id, address, codes from mail_of($1, $2)
