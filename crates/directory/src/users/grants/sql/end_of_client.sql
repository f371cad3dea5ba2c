-- Ends roles of an API client.
{end_roles(client_id)}
