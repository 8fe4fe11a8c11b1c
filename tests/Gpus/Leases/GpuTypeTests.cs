using Appliance.Core.Errors;
using Appliance.Gpus.Leases;

namespace Appliance.Tests.Gpus.Leases;

public sealed class GpuTypeTests
{
    [Theory]
    [InlineData("H100", "NVIDIA H100 80GB HBM3", true)]
    [InlineData("h100", "NVIDIA H100 PCIe", true)]
    [InlineData("H100!", "NVIDIA H100 80GB HBM3", true)]
    [InlineData("ANY", "NVIDIA GeForce RTX 4090", true)]
    [InlineData("any", "Tesla T4", true)]
    [InlineData("A100-80GB", "NVIDIA A100-SXM4-80GB", true)]
    [InlineData("A100-80GB", "NVIDIA A100-PCIE-40GB", false)]
    [InlineData("A100", "NVIDIA A100-PCIE-40GB", true)]
    [InlineData("A10", "NVIDIA A100-PCIE-40GB", false)]
    [InlineData("L4", "NVIDIA L40S", false)]
    [InlineData("T4", "Tesla T4", true)]
    [InlineData("H200", "NVIDIA H200", true)]
    [InlineData("H100", "NVIDIA H200", false)]
    [InlineData("RTX-4090", "NVIDIA GeForce RTX 4090", true)]
    public void Names_AModel_AsPeopleCallIt(string type, string model, bool expected) => Assert.Equal(expected, GpuType.Of(type).Names(model));

    [Theory]
    [InlineData("H100", "NVIDIA H200", true)]
    [InlineData("H100!", "NVIDIA H200", false)]
    [InlineData("A10", "NVIDIA A10G", true)]
    [InlineData("H200", "NVIDIA H100 80GB HBM3", false)]
    public void IsServedBy_ABetterModel_UnlessForbidden(string type, string model, bool expected) =>
        Assert.Equal(expected, GpuType.Of(type).IsServedBy(model));

    [Theory]
    [InlineData("NVIDIA A100-SXM4-80GB", "A100-80GB")]
    [InlineData("NVIDIA H100 80GB HBM3", "H100")]
    [InlineData("NVIDIA GeForce RTX 4090", "RTX-4090")]
    public void NameOf_AModel_IsWhatToWrite(string model, string expected)
    {
        Assert.Equal(expected, GpuType.NameOf(model));
        Assert.True(GpuType.Of(expected).Names(model));
    }

    [Fact]
    public void Parse_OfAList_KeepsTypesAndCountsInOrder()
    {
        GpuRequest request = GpuRequest.Parse("h100:2, A100 ,any:4");
        Assert.Equal([("H100", 2), ("A100", 1), ("ANY", 4)], request.Choices.Select(choice => (choice.Type.Name, choice.Count)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("H100:0")]
    [InlineData("H100:x")]
    [InlineData("H100:-1")]
    [InlineData("H100:99999999999")]
    [InlineData("H100:1:2")]
    [InlineData(":2")]
    [InlineData("H100,")]
    public void Parse_OfSomethingElse_IsRefused(string text) =>
        Assert.Equal(ErrorKind.InvalidArgument, Assert.Throws<ApplianceException>(() => GpuRequest.Parse(text)).Kind);
}
