-- The MARACs in which referrals wait at this moment that nobody who decides there may see, and how many.
select marac_id, files
from unseen_files($1)
