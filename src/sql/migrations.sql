-- The migrations that the database has.
select version::text from __diesel_schema_migrations
