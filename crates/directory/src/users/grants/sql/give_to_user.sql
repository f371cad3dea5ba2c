-- Gives roles to an account.
{give_roles(user_id)}
