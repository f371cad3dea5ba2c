-- A page of the actions that a person is named for, or stands in for, that were reported as not done or not possible
-- and await the chair.
{action_page({assigned_to(a)}, {unresolved_action(a)})}
