-- Brings what observers and guests of a meeting see into line with their seats.
select seat_circles($1, $2)
