-- A page of the actions that a person is named for, or stands in for, whatever their status.
{action_page({assigned_to(a)}, true)}
