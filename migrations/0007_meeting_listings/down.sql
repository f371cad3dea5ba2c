drop function begin_listings, settle_listings, end_listings;
