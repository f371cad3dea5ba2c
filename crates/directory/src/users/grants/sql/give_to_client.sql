-- Gives roles to an API client.
{give_roles(client_id)}
