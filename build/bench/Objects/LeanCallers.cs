namespace Appliance.Bench.Objects;

/// <summary>Callers with one call under way each, on a few connections or one each, served by the thread that runs them.</summary>
internal sealed class LeanCallers : IDisposable
{
    private readonly LeanConnection[] connections;
    private readonly int callerCount;
    private readonly ReadySockets ready = new();

    public LeanCallers(ServedAppliance server, int callerCount, int connectionCount)
    {
        this.callerCount = callerCount;
        connections = new LeanConnection[connectionCount];
        for (int number = 0; number < connectionCount; number++)
        {
            connections[number] = new LeanConnection(server.Headers);
            connections[number].Open(server.GrpcPort);
            ready.Watch(connections[number].Descriptor, number);
        }
    }

    public LeanConnection First => connections[0];

    /// <summary>Lets each caller make so many calls; answers how many failed.</summary>
    /// <param name="path">The method.</param>
    /// <param name="callsEach">Calls one after the other.</param>
    /// <param name="message">Makes a caller's next message.</param>
    /// <param name="answerBytesMin">Shorter answers are failures, too.</param>
    public int Run(string path, int callsEach, MessageSource message, int answerBytesMin)
    {
        Span<int> numbers = stackalloc int[connections.Length];
        var callsLeft = new int[callerCount];
        var ended = new List<LeanConnection.Ended>();
        int failures = 0;
        for (int caller = 0; caller < callerCount; caller++)
        {
            callsLeft[caller] = callsEach;
            connections[caller % connections.Length].Begin(path, message(caller), caller);
        }

        Array.ForEach(connections, connection => connection.Send());
        for (int running = callerCount; running > 0;)
        {
            foreach (int number in numbers[..ready.Wait(numbers)])
            {
                LeanConnection connection = connections[number];
                ended.Clear();
                connection.Receive(ended);
                foreach ((int caller, int answerBytes) in ended)
                {
                    failures += answerBytes < answerBytesMin ? 1 : 0;
                    if (--callsLeft[caller] > 0)
                    {
                        connection.Begin(path, message(caller), caller);
                    }
                    else
                    {
                        running--;
                    }
                }

                connection.Send();
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
