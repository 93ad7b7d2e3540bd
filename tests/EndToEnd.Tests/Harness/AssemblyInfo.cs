// Each scenario has the machine, and the real cluster, to itself: what it measures in seconds must not depend on its neighbours.
[assembly: Xunit.CollectionBehavior(DisableTestParallelization = true)]
