namespace Appliance.Bench.Objects;

/// <summary>Many connections, each with one call under way, served by the thread that runs them.</summary>
internal sealed class LeanCallers : IDisposable
{
    private readonly LeanConnection[] connections;
    private readonly ReadySockets ready = new();

    public LeanCallers(ServedAppliance server, int count)
    {
        connections = new LeanConnection[count];
        for (int number = 0; number < count; number++)
        {
            connections[number] = new LeanConnection(server.Headers);
            connections[number].Open(server.GrpcPort);
            ready.Watch(connections[number].Descriptor, number);
        }
    }

    public LeanConnection First => connections[0];

    /// <summary>Makes so many calls on each connection; answers how many failed.</summary>
    /// <param name="path">The method.</param>
    /// <param name="callsEach">Calls one after the other.</param>
    /// <param name="message">Makes a caller's next message.</param>
    /// <param name="answerBytesMin">Shorter answers are failures, too.</param>
    public int Run(string path, int callsEach, MessageSource message, int answerBytesMin)
    {
        Span<int> numbers = stackalloc int[connections.Length];
        var callsLeft = new int[connections.Length];
        int failures = 0;
        for (int number = 0; number < connections.Length; number++)
        {
            callsLeft[number] = callsEach;
            connections[number].Begin(path, message(number));
        }

        for (int running = connections.Length; running > 0;)
        {
            foreach (int number in numbers[..ready.Wait(numbers)])
            {
                if (!connections[number].TryEnd(out int answerBytes))
                {
                    continue;
                }

                failures += answerBytes < answerBytesMin ? 1 : 0;
                if (--callsLeft[number] > 0)
                {
                    connections[number].Begin(path, message(number));
                }
                else
                {
                    running--;
                }
            }
        }

        return failures;
    }

    public void Dispose()
    {
        ready.Dispose();
        Array.ForEach(connections, connection => connection.Dispose());
    }

    /// <summary>The next message of a caller, good until the next is asked for.</summary>
    public delegate ReadOnlySpan<byte> MessageSource(int caller);
}
