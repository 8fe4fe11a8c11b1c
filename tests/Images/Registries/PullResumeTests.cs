using Appliance.Core.Errors;
using Appliance.Images.Catalog;
using Microsoft.AspNetCore.Http;

namespace Appliance.Tests.Images.Registries;

public sealed class PullResumeTests
{
    private const int Sent = 700_000;

    private static readonly byte[] Layer = RegistryContent.Layer("big", new string('x', 2_000_000));

    [RootTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Pull_AfterOneThatEndedEarly_GoesOnWhereThatWas(bool isCancelled)
    {
        await using TestRegistry registry = await TestRegistry.StartAsync();
        await using PullRig rig = await PullRig.OpenAsync($"{registry.Host} plain-http");
        registry.Content.Add("a", "1", [(Layer, Layer)]);
        await EndEarlyAsync(registry, rig, isCancelled);
        Assert.Equal(Sent, new FileInfo(Assert.Single(rig.ListDownloads())).Length);

        Image image = await rig.PullAsync($"{registry.Host}/a:1");

        Assert.Equal(2_000_000, rig.Read(image, "srv/big").Length);
        Assert.Equal($"bytes={Sent}-", registry.Calls[^1].Range);
        Assert.Equal((Layer.Length, Layer.Length), (rig.Progress.Bytes, rig.Progress.TotalBytes));
        rig.AssertSpoolIsEmpty();
    }

    [RootFact]
    public async Task Pull_WithWhatWasLeftDamaged_FailsOnce()
    {
        await using TestRegistry registry = await TestRegistry.StartAsync();
        await using PullRig rig = await PullRig.OpenAsync($"{registry.Host} plain-http");
        registry.Content.Add("a", "1", [(Layer, Layer)]);
        await EndEarlyAsync(registry, rig, isCancelled: true);
        File.WriteAllBytes(Assert.Single(rig.ListDownloads()), new byte[Sent]);

        Assert.Equal(ErrorKind.InvalidArgument, (await rig.FailAsync($"{registry.Host}/a:1")).Kind);
        await rig.PullAsync($"{registry.Host}/a:1");
    }

    [RootFact]
    public async Task Pull_LongAfter_ForgetsWhatWasLeft()
    {
        await using TestRegistry registry = await TestRegistry.StartAsync();
        await using PullRig rig = await PullRig.OpenAsync($"{registry.Host} plain-http");
        registry.Content.Add("a", "1", [(Layer, Layer)]);
        await EndEarlyAsync(registry, rig, isCancelled: true);
        File.SetLastWriteTimeUtc(Assert.Single(rig.ListDownloads()), DateTime.UtcNow.AddDays(-2));
        await rig.PullAsync($"{registry.Host}/a:1");
        Assert.Equal("", registry.Calls[^1].Range);
    }

    [RootFact]
    public async Task Pulls_OfTheSameLayerAtTheSameTime_AreNotInEachOthersWay()
    {
        await using TestRegistry registry = await TestRegistry.StartAsync();
        await using PullRig rig = await PullRig.OpenAsync($"{registry.Host} plain-http");
        registry.Content.Add("a", "1", [(Layer, Layer)]);
        registry.Content.Add("b", "1", [(Layer, Layer)]);
        var both = new TaskCompletionSource();
        int waiting = 0;
        registry.Fault = async http =>
        {
            if (IsLayer(http))
            {
                if (Interlocked.Increment(ref waiting) == 2)
                {
                    both.SetResult();
                }

                await both.Task;
            }

            return false;
        };
        await Task.WhenAll(rig.PullAsync($"{registry.Host}/a:1"), rig.PullAsync($"{registry.Host}/b:1"));
        Assert.Equal(2, rig.Rig.Images.List().Count);
        rig.AssertSpoolIsEmpty();
    }

    /// <summary>A pull that gets a part of the layer, and then either no more from the registry or no more patience.</summary>
    private static async Task EndEarlyAsync(TestRegistry registry, PullRig rig, bool isCancelled)
    {
        using var stop = new CancellationTokenSource();
        bool isFirst = true;
        registry.Fault = async http =>
        {
            if (!IsLayer(http))
            {
                return false;
            }

            if (isFirst)
            {
                isFirst = false;
                http.Response.ContentLength = Layer.Length;
                await http.Response.Body.WriteAsync(Layer.AsMemory(0, Sent));
                await http.Response.Body.FlushAsync();
                while (rig.Progress.Bytes < Sent && !http.RequestAborted.IsCancellationRequested)
                {
                    await Task.Delay(5);
                }

                await (isCancelled ? stop.CancelAsync() : Task.CompletedTask);
            }

            http.Abort();
            return true;
        };
        Exception failure = await Assert.ThrowsAnyAsync<Exception>(() => rig.PullAsync($"{registry.Host}/a:1", cancellation: stop.Token));
        Assert.True(isCancelled ? failure is OperationCanceledException : failure is ApplianceException { Kind: ErrorKind.Unavailable }, failure.ToString());
        registry.Fault = _ => Task.FromResult(false);
    }

    private static bool IsLayer(HttpContext http) => http.Request.Path.Value!.EndsWith(RegistryContent.DigestOf(Layer), StringComparison.Ordinal);
}
