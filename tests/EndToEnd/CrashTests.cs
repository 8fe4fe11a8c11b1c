using System.Collections.Concurrent;
using Appliance.Protos.Modal;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace Appliance.Tests.EndToEnd;

/// <summary>kill −9 at random moments: what was acknowledged is there, and what is repeated is done once.</summary>
public sealed class CrashTests
{
    private const int Rounds = 4;
    private const int Callers = 8;

    [Fact]
    public async Task Kill_AtRandomMomentsUnderLoad_LosesNothingAcknowledged()
    {
        const int Seed = 20_261_121;
        var random = new Random(Seed);
        using var data = new DataFolder();
        var acknowledged = new ConcurrentBag<string>();
        var unanswered = new ConcurrentBag<(string Name, string Key)>();
        for (int round = 0; round < Rounds; round++)
        {
            await using PublishedAppliance server = await PublishedAppliance.StartAsync(data.Path);
            await RepeatAsync(server, unanswered, acknowledged);
            int thisRound = round;
            Task[] callers = [.. Enumerable.Range(0, Callers).Select(caller =>
                CreateUntilDeadAsync(server, $"r{thisRound}c{caller}", acknowledged, unanswered))];
            await Task.Delay(random.Next(50, 600));
            await server.KillAsync();
            await Task.WhenAll(callers);
        }

        await using PublishedAppliance last = await PublishedAppliance.StartAsync(data.Path);
        await RepeatAsync(last, unanswered, acknowledged);
        EnvironmentListResponse list = await new ModalClient.ModalClientClient(last.Channel).EnvironmentListAsync(new Empty(), last.Credentials);
        string[] found = [.. list.Items.Select(item => item.Name)];
        Assert.True(acknowledged.Count > Rounds, "Hardly anything was acknowledged, so nothing was tested.");
        Assert.Empty(acknowledged.Except(found));
        Assert.Equal(found.Length, found.Distinct().Count());
    }

    private static async Task CreateUntilDeadAsync(
        PublishedAppliance server, string prefix, ConcurrentBag<string> acknowledged, ConcurrentBag<(string Name, string Key)> unanswered)
    {
        global::Grpc.Core.Metadata credentials = server.Credentials;
        for (int count = 0; ; count++)
        {
            (string name, string key) = ($"{prefix}n{count}", Guid.NewGuid().ToString());
            try
            {
                await CreateAsync(server, credentials, name, key);
                acknowledged.Add(name);
            }
            catch (RpcException)
            {
                unanswered.Add((name, key));
                return;
            }
        }
    }

    /// <summary>A client that got no answer asks again with the same key, and must not hear that the name is taken.</summary>
    private static async Task RepeatAsync(
        PublishedAppliance server, ConcurrentBag<(string Name, string Key)> unanswered, ConcurrentBag<string> acknowledged)
    {
        while (unanswered.TryTake(out (string Name, string Key) request))
        {
            await CreateAsync(server, server.Credentials, request.Name, request.Key);
            acknowledged.Add(request.Name);
        }
    }

    private static async Task CreateAsync(PublishedAppliance server, global::Grpc.Core.Metadata credentials, string name, string key)
    {
        var headers = new global::Grpc.Core.Metadata { { "x-idempotency-key", key } };
        foreach (global::Grpc.Core.Metadata.Entry entry in credentials)
        {
            headers.Add(entry);
        }

        await new ModalClient.ModalClientClient(server.Channel).EnvironmentCreateAsync(new EnvironmentCreateRequest { Name = name }, headers);
    }
}
