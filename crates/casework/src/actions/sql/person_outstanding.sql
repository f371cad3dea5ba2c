-- A page of the outstanding actions that a person is named for, or stands in for.
{action_page({assigned_to(a)}, {outstanding_action(a)})}
