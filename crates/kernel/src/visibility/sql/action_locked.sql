-- The action, if it is in sight, locked.
{found_action()}
for update of a
