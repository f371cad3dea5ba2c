-- Brings what observers and guests of a meeting see into line with their seats.
select from seat_circles($1, $2)
