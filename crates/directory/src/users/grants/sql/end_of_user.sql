-- Ends roles of an account.
{end_roles(user_id)}
