using Appliance.Core.Errors;
using Appliance.Packages;

namespace Appliance.Tests.Packages;

public sealed class PackageFileTests
{
    [Theory]
    [InlineData("numpy-2.1.0-cp312-cp312-manylinux_2_17_x86_64.manylinux2014_x86_64.whl", "numpy", "2.1.0")]
    [InlineData("Zope.Interface_Extra-5.0-1build-py3-none-any.whl", "zope-interface-extra", "5.0")]
    [InlineData("torch-2.4.0+cu121-cp311-cp311-linux_x86_64.whl", "torch", "2.4.0+cu121")]
    [InlineData("a-1!0-py2.py3-none-any.whl", "a", "1!0")]
    [InlineData("python-dateutil-2.8.2.tar.gz", "python-dateutil", "2.8.2")]
    [InlineData("my_tool-0.1.tar.gz", "my-tool", "0.1")]
    public void Read_PackageName_SaysProjectAndVersion(string fileName, string project, string version) =>
        Assert.Equal(new PackageFile(fileName, project, version), PackageFile.Read(fileName));

    [Theory]
    [InlineData("numpy.whl")]
    [InlineData("numpy-2.1.0-py3-none.whl")]
    [InlineData("numpy-2.1.0-x1-py3-none-any.whl")]
    [InlineData("numpy-latest-py3-none-any.whl")]
    [InlineData("numpy--py3-none-any.whl")]
    [InlineData("-1.0.tar.gz")]
    [InlineData("name.tar.gz")]
    [InlineData("a-1.0.zip")]
    [InlineData("../a-1.0.tar.gz")]
    [InlineData("a/b-1.0.tar.gz")]
    [InlineData("a\"b-1.0.tar.gz")]
    [InlineData("ä-1.0.tar.gz")]
    [InlineData("..")]
    [InlineData("")]
    public void Read_AnythingElse_IsRefused(string fileName) =>
        Assert.Equal(ErrorKind.InvalidArgument, Assert.Throws<ApplianceException>(() => PackageFile.Read(fileName)).Kind);

    [Theory]
    [InlineData("Friendly--Bard", "friendly-bard")]
    [InlineData("friendly._-bard", "friendly-bard")]
    [InlineData("FRIENDLY_BARD", "friendly-bard")]
    public void Normalise_AnyWayToWriteIt_IsOne(string written, string normal) => Assert.Equal(normal, ProjectName.Normalise(written));
}
