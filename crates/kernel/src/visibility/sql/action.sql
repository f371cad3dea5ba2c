-- The action, if it is in sight.
{found_action()}
