-- A page of the actions that a person is named for, or stands in for, that are outstanding, or were not done and await
-- the chair.
{action_page({assigned_to(a)}, {incomplete_action(a)})}
