"""The benchmark of packets runs; no figure is asserted."""

from benchmarks.packet import exhibits, measure_in_a_new_process, whole_packet


def test_packets_of_all_kinds_of_exhibits_are_made() -> None:
    assert whole_packet(exhibits(4, 0)) != whole_packet(exhibits(4, 1))


def test_a_new_process_gives_whole_figures() -> None:
    figures = measure_in_a_new_process("bare", 2, 1)
    assert figures.pages == 2
    assert min(vars(figures).values()) > 0
