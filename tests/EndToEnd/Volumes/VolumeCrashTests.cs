using System.Collections.Concurrent;
using Grpc.Core;

namespace Appliance.Tests.EndToEnd.Volumes;

/// <summary>kill −9 at random moments while clients upload: what was acknowledged is there, and no file is torn.</summary>
public sealed class VolumeCrashTests
{
    private const int Rounds = 5;
    private const int Clients = 3;

    [Fact]
    public async Task Kill_WhileClientsUpload_LosesNothingAcknowledged()
    {
        var random = new Random(20_261_121);
        using var data = new DataFolder();
        var acknowledged = new ConcurrentDictionary<string, int>();
        for (int round = 0; round < Rounds; round++)
        {
            await using PublishedAppliance server = await PublishedAppliance.StartAsync(data.Path);
            Task[] uploads = [.. Enumerable.Range(0, Clients).Select(number =>
                UploadUntilDeadAsync(server, (round * 1_000_000) + (number * 10_000), acknowledged))];
            await Task.Delay(random.Next(300, 1500));
            await server.KillAsync();
            await Task.WhenAll(uploads);
        }

        await using PublishedAppliance last = await PublishedAppliance.StartAsync(data.Path);
        using var client = new VolumeClient(last);
        string volume = await client.CreateAsync("shared");
        string[] found = await client.ListAsync(volume, "/", isRecursive: false);
        Assert.True(acknowledged.Count > Rounds, "Hardly anything was acknowledged, so nothing was tested.");
        Assert.Empty(acknowledged.Keys.Except(found));
        foreach (string name in found)
        {
            int seed = int.Parse(name[1..]);
            Assert.Equal(FileOf(seed), await client.ReadAsync(volume, name));
        }
    }

    private static byte[] FileOf(int seed) => VolumeClient.Bytes(seed, seed % 7 == 0 ? 9_500_000 : 1000 + (seed % 5000));

    private static async Task UploadUntilDeadAsync(PublishedAppliance server, int firstSeed, ConcurrentDictionary<string, int> acknowledged)
    {
        try
        {
            using var client = new VolumeClient(server);
            string volume = await client.CreateAsync("shared");
            for (int seed = firstSeed; ; seed += 3)
            {
                int[] seeds = [seed, seed + 1, seed + 2];
                await client.PutAsync(volume, [.. seeds.Select(one => ($"f{one}", FileOf(one)))]);
                foreach (int one in seeds)
                {
                    acknowledged[$"f{one}"] = one;
                }
            }
        }
        catch (Exception dead) when (dead is RpcException or HttpRequestException or IOException)
        {
            // The server was killed.
        }
    }
}
